/** A role that meddles with the others, so that a rule can be seen to be broken. */
@NullMarked
package dev.newsfeed.app.violations.producer;

import org.jspecify.annotations.NullMarked;
