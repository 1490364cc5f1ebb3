/** The newsroom's side: articles and clicks come in here, are checked, and go to Kafka. */
@NullMarked
package dev.newsfeed.producer;

import org.jspecify.annotations.NullMarked;
