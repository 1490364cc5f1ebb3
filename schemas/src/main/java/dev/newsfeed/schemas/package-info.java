/** The contract between the roles: what stands on which topic, and how to read and write it. */
@NullMarked
package dev.newsfeed.schemas;

import org.jspecify.annotations.NullMarked;
