/** What every request to the intake goes through: who asks, how much, how fast, and how a refusal looks. */
@NullMarked
package dev.newsfeed.producer.http;

import org.jspecify.annotations.NullMarked;
