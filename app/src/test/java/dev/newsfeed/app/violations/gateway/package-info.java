/** A role that meddles with the others and with the command. */
@NullMarked
package dev.newsfeed.app.violations.gateway;

import org.jspecify.annotations.NullMarked;
