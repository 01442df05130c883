using System.Globalization;
using Keelson.Machinery.Values;
using Microsoft.AspNetCore.Http;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary>Which part of a container's log is wanted.</summary>
internal sealed record ContainerLogOptions
{
    public bool Follow { get; private init; }

    public bool Previous { get; private init; }

    public bool Timestamps { get; private init; }

    public DateTimeOffset? Since { get; private init; }

    public long? TailLines { get; private init; }

    public long? LimitBytes { get; private init; }

    public bool HasOutput { get; private init; }

    public bool HasErrors { get; private init; }

    /// <summary>Reads the options off a query; otherwise the answer's code and text.</summary>
    public static ContainerLogOptions? Read(
        IQueryCollection query, DateTimeOffset now, out (int Code, string Text) error)
    {
        string tail = query["tail"].ToString() is { Length: > 0 } old ? old : query["tailLines"].ToString();
        if (!TryNumber(tail == "all" ? "" : tail, out long? tailLines)
            || !TryNumber(query["sinceSeconds"].ToString(), out long? seconds)
            || !TryNumber(query["limitBytes"].ToString(), out long? limit)
            || !TryTime(query["sinceTime"].ToString(), out DateTimeOffset? since))
        {
            error = (400, "{\"message\": \"Unable to decode query.\"}");
            return null;
        }

        string stream = query["stream"].ToString() is { Length: > 0 } named ? named : "All";
        bool isInvalid = tailLines < 0 || limit < 1 || seconds < 1 || (seconds is not null && since is not null)
            || stream is not ("All" or "Stdout" or "Stderr") || (stream != "All" && tailLines is not null);
        error = (422, "{\"message\": \"Invalid request.\"}");
        return isInvalid ? null : new ContainerLogOptions
        {
            Follow = IsTrue(query["follow"].ToString()),
            Previous = IsTrue(query["previous"].ToString()),
            Timestamps = IsTrue(query["timestamps"].ToString()),
            Since = seconds is { } number ? now.AddSeconds(-Math.Min(number, 100L * 365 * 86400)) : since,
            TailLines = tailLines,
            LimitBytes = limit,
            HasOutput = stream != "Stderr",
            HasErrors = stream != "Stdout",
        };
    }

    private static bool IsTrue(string text) => text is not ("" or "0" or "false" or "False" or "FALSE" or "f" or "F");

    private static bool TryNumber(string text, out long? number)
    {
        bool isNumber = long.TryParse(
            text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value);
        number = isNumber ? value : null;
        return isNumber || text.Length == 0;
    }

    private static bool TryTime(string text, out DateTimeOffset? time)
    {
        bool isTime = Time.TryParse(text, out Time value);
        time = isTime ? value.Instant : null;
        return isTime || text.Length == 0;
    }
}
