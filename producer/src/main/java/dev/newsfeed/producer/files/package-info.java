/** News that is delivered as files: picked up once complete, taken or refused item by item. */
@NullMarked
package dev.newsfeed.producer.files;

import org.jspecify.annotations.NullMarked;
