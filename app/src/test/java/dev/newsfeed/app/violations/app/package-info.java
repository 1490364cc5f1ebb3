/** A command, for a role to depend on. */
@NullMarked
package dev.newsfeed.app.violations.app;

import org.jspecify.annotations.NullMarked;
