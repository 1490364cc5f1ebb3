/** A role that meddles with the others and asks the system for the time. */
@NullMarked
package dev.newsfeed.app.violations.streams;

import org.jspecify.annotations.NullMarked;
