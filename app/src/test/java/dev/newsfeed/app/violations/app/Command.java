package dev.newsfeed.app.violations.app;

/** On top of everything. */
public record Command() {}
