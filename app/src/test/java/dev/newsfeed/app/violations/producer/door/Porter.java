package dev.newsfeed.app.violations.producer.door;

import dev.newsfeed.app.violations.producer.desk.Clerk;
import org.jspecify.annotations.Nullable;

/** Knows who knows it. */
public record Porter(@Nullable Clerk clerk) {}
