/** Tests of the newsroom's side. */
@NullMarked
package dev.newsfeed.producer;

import org.jspecify.annotations.NullMarked;
