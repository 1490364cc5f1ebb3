/** Half of a cycle. */
@NullMarked
package dev.newsfeed.app.violations.producer.door;

import org.jspecify.annotations.NullMarked;
