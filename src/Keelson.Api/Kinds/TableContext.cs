using System.Globalization;
using Keelson.Machinery.Values;

namespace Keelson.Api.Kinds;

/// <summary>What a row needs besides the object: the time, for ages.</summary>
public sealed class TableContext
{
    private readonly Time _now;
    private readonly List<Time>? _marked;

    /// <summary>A context for rows as they are at a time.</summary>
    /// <param name="now">The request's time.</param>
    public TableContext(Time now) => _now = now;

    private TableContext(List<Time> marked) => _marked = marked;

    /// <summary>
    /// What stands for an age in the cells that a context of <see cref="WithMarks"/> gives: nothing that an object's own
    /// texts are made of.
    /// </summary>
    public static string Mark => "\u0001\u0001";

    /// <summary>The request's time.</summary>
    public Time Now
    {
        get
        {
            UsesTime = true;
            return _now;
        }
    }

    /// <summary>True once a cell was made of the time in another way than by an age.</summary>
    public bool UsesTime { get; private set; }

    /// <summary>
    /// A context for cells that are kept: each age is a <see cref="Mark"/>, and <paramref name="marked"/> gets the time it is
    /// counted from, in order.
    /// </summary>
    public static TableContext WithMarks(List<Time> marked) => new(marked);

    /// <summary>An age as kubectl shows it: <c>5m12s</c>; <c>&lt;unknown&gt;</c> for the zero time.</summary>
    public string Age(Time since)
    {
        if (since.IsZero)
        {
            return "<unknown>";
        }

        if (_marked is null)
        {
            return HumanDuration.Format(_now.Instant - since.Instant);
        }

        _marked.Add(since);
        return Mark;
    }

    /// <summary>An age as kubectl shows it; <c>&lt;unknown&gt;</c> for no time.</summary>
    public string Age(Time? since) => Age(since ?? default);

    /// <summary>A creation time in RFC 3339.</summary>
    public string CreatedAt(Time time) => time.IsZero ? "" : time.Instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
