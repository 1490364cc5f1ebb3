/** Roles in processes of their own that are killed, and the books that show what became of everything. */
@NullMarked
package dev.newsfeed.app.chaos;

import org.jspecify.annotations.NullMarked;
