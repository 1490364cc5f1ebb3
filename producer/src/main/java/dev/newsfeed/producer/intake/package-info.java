/** The HTTP intake: its routes, what it must know before it answers, and its life from start to end. */
@NullMarked
package dev.newsfeed.producer.intake;

import org.jspecify.annotations.NullMarked;
