/** Requests, answers and the resources behind them. */
@NullMarked
package dev.newsfeed.gateway.http;

import org.jspecify.annotations.NullMarked;
