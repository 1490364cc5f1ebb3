/** Tests of the gateway as a whole, over records instead of a broker. */
@NullMarked
package dev.newsfeed.gateway;

import org.jspecify.annotations.NullMarked;
