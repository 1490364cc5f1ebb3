package dev.newsfeed.streams.mostread;

import java.time.DayOfWeek;
import java.time.ZoneId;

/**
 * Whose midnight begins "today", and on which day a week begins.
 *
 * @param zone an IANA zone; its offsets are multiples of 15 minutes, as all in use are
 */
public record NewsroomCalendar(ZoneId zone, DayOfWeek firstDayOfWeek) {}
