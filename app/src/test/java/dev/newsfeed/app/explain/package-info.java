@NullMarked
package dev.newsfeed.app.explain;

import org.jspecify.annotations.NullMarked;
