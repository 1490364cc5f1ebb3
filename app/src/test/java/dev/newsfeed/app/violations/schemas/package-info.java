/** A contract that knows a role. */
@NullMarked
package dev.newsfeed.app.violations.schemas;

import org.jspecify.annotations.NullMarked;
