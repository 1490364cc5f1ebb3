/** Half of a cycle. */
@NullMarked
package dev.newsfeed.app.violations.producer.desk;

import org.jspecify.annotations.NullMarked;
