@NullMarked
package dev.newsfeed.schemas;

import org.jspecify.annotations.NullMarked;
