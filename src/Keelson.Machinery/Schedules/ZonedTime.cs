namespace Keelson.Machinery.Schedules;

/// <summary>
/// An instant and what the clocks of a zone show then. Where a wall time does not exist or exists twice, the choice is
/// Go's: the offset that holds at that wall time taken as UTC, unless it does not hold at the instant it leads to.
/// </summary>
internal readonly struct ZonedTime
{
    private readonly TimeZoneInfo _zone;

    public ZonedTime(DateTimeOffset instant, TimeZoneInfo zone)
    {
        _zone = zone;
        Instant = instant.ToUniversalTime();
        Wall = DateTime.SpecifyKind(TimeZoneInfo.ConvertTime(Instant, zone).DateTime, DateTimeKind.Unspecified);
    }

    /// <summary>The instant, in UTC.</summary>
    public DateTimeOffset Instant { get; }

    /// <summary>What the clocks show.</summary>
    public DateTime Wall { get; }

    /// <summary>The next whole second.</summary>
    public ZonedTime NextSecond() =>
        new(Instant.AddTicks(TimeSpan.TicksPerSecond - (Instant.Ticks % TimeSpan.TicksPerSecond)), _zone);

    /// <summary>So much later on the clock of physics.</summary>
    public ZonedTime Add(TimeSpan span) => new(Instant + span, _zone);

    /// <summary>The same wall time some days later.</summary>
    public ZonedTime AddDays(int days) => FromWall(Wall.AddDays(days));

    /// <summary>The same wall time some months later; only used on the first of a month.</summary>
    public ZonedTime AddMonths(int months) => FromWall(Wall.AddMonths(months));

    /// <summary>Another wall time, at the start of an hour.</summary>
    public ZonedTime At(int year, int month, int day, int hour) =>
        FromWall(new DateTime(year, month, day, hour, 0, 0, DateTimeKind.Unspecified));

    private ZonedTime FromWall(DateTime wall)
    {
        DateTimeOffset asUtc = new(DateTime.SpecifyKind(wall, DateTimeKind.Utc));
        TimeSpan offset = _zone.GetUtcOffset(asUtc);
        TimeSpan settled = _zone.GetUtcOffset(asUtc - offset);
        return new(asUtc - settled, _zone);
    }
}
