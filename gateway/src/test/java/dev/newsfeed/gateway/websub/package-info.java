/** Tests of the WebSub hub. */
@NullMarked
package dev.newsfeed.gateway.websub;

import org.jspecify.annotations.NullMarked;
