package dev.newsfeed.app.violations.producer.desk;

import dev.newsfeed.app.violations.producer.door.Porter;
import org.jspecify.annotations.Nullable;

/** Knows who knows it. */
public record Clerk(@Nullable Porter porter) {}
