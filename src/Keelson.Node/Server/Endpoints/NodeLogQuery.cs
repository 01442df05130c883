using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Microsoft.AspNetCore.Http;

namespace Keelson.Nodes.Server.Endpoints;

/// <summary>
/// A question for logs of services or for a log file of the node: <c>/logs/?query=kubelet&amp;tailLines=10</c>. Rules
/// and words are upstream's.
/// </summary>
internal sealed record NodeLogQuery
{
    private const int TailLinesMax = 100_000;
    private const int ServicesMax = 4;
    private const int ServiceLengthMax = 256;

    /// <summary>The services that are asked for.</summary>
    public required IReadOnlyList<string> Services { get; init; }

    /// <summary>The files that are asked for.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    public int? TailLines { get; init; }

    /// <summary>Which start of the machine is meant: 0 for this one, -1 for the one before.</summary>
    public int? Boot { get; init; }

    public string Pattern { get; init; } = "";

    /// <summary>True when more is said than what is asked for.</summary>
    public bool HasOptions =>
        Since is not null || Until is not null || TailLines is not null || Boot is not null || Pattern.Length > 0;

    /// <summary>Reads a question; null when there is none.</summary>
    public static NodeLogQuery? Read(IQueryCollection query, FieldErrors errors)
    {
        string[] asked = [.. query["query"].OfType<string>()];
        string[] files = [.. asked.Where(static one => one.AsSpan().ContainsAny('/', '\\'))];
        string[] services = [.. asked.Except(files).Where(static one => one.AsSpan().Trim().Length > 0)];
        if (query.ContainsKey("query") && files.Length == 0 && services.Length == 0)
        {
            errors.InvalidRaw(FieldPath.Of("query"), List(asked), "query cannot be empty");
        }

        NodeLogQuery read = new()
        {
            Services = services,
            Files = files,
            Since = TimeOf(query, "sinceTime", errors),
            Until = TimeOf(query, "untilTime", errors),
            Boot = NumberOf(query, "boot", errors),
            TailLines = NumberOf(query, "tailLines", errors),
            Pattern = query["pattern"].ToString(),
        };
        return errors.Count > 0 || (services.Length == 0 && files.Length == 0 && !read.HasOptions) ? null : read;
    }

    /// <summary>Adds what is wrong with the question.</summary>
    /// <param name="exists">Whether there is a file of a name; null when there is, else why not.</param>
    /// <param name="errors">Where errors go.</param>
    public void Validate(Func<string, string?> exists, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("query");
        foreach (string one in Services)
        {
            if (one.Length > ServiceLengthMax)
            {
                errors.Invalid(path, one, "length must be less than 100");
            }
            else if (one.Any(static it => !char.IsAsciiLetterOrDigit(it) && !"-_.:@".Contains(it)))
            {
                errors.Invalid(path, one, "input contains unsupported characters");
            }
        }

        if (Services.Count > ServicesMax)
        {
            errors.TooMany(path, Services.Count, ServicesMax);
        }

        ValidateFiles(path, exists, errors);
        if (Since > Until)
        {
            errors.InvalidRaw(
                FieldPath.Of("untilTime"), FieldErrors.Quote(new Time(Until!.Value).ToString()),
                "must be after `sinceTime`");
        }

        if (Boot > 0)
        {
            errors.InvalidRaw(FieldPath.Of("boot"), Text(Boot.Value), "must be less than 1");
        }

        if (TailLines is < 0 or > TailLinesMax)
        {
            errors.InvalidRaw(
                FieldPath.Of("tailLines"), Text(TailLines.Value), $"must be between 0 and {TailLinesMax}, inclusive");
        }

        if (PatternError() is { } wrong)
        {
            errors.Invalid(FieldPath.Of("pattern"), Pattern, wrong);
        }
    }

    /// <summary>What <c>journalctl</c> is called with to answer.</summary>
    public IReadOnlyList<string> ToArguments(IEnumerable<string> services) =>
    [
        "--utc", "--no-pager", "--output=short-precise",
        .. Since is { } since ? [$"--since={Date(since)}"] : (string[])[],
        .. Until is { } until ? [$"--until={Date(until)}"] : (string[])[],
        .. TailLines is { } lines ? ["--pager-end", $"--lines={Text(lines)}"] : (string[])[],
        .. services.Select(static one => "--unit=" + one),
        .. Pattern.Length > 0 ? ["--grep=" + Pattern, "--case-sensitive=false"] : (string[])[],
        .. Boot is { } boot ? ["--boot", Text(boot)] : (string[])[],
    ];

    private void ValidateFiles(FieldPath path, Func<string, string?> exists, FieldErrors errors)
    {
        if (Files.Count == 0)
        {
            if (Services.Count == 0)
            {
                errors.Required(path, "cannot be empty with options");
            }
        }
        else if (Services.Count > 0)
        {
            errors.Invalid(
                path, $"[{string.Join(' ', Files)}], [{string.Join(' ', Services)}]",
                "cannot specify a file and service");
        }
        else if (Files.Count > 1)
        {
            errors.InvalidRaw(path, List(Files), "cannot specify more than one file");
        }
        else if (HasOptions)
        {
            errors.InvalidRaw(path, List(Files), "cannot specify file with options");
        }
        else if (exists(Files[0]) is { } missing)
        {
            errors.InvalidRaw(path, List(Files), missing);
        }
    }

    private string? PatternError()
    {
        try
        {
            _ = Pattern.Length > 0 ? new Regex(Pattern, RegexOptions.NonBacktracking) : null;
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return "error parsing regexp: " + exception.Message;
        }
    }

    private static DateTimeOffset? TimeOf(IQueryCollection query, string name, FieldErrors errors)
    {
        string text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (Time.TryParse(text, out Time time))
        {
            return time.Instant;
        }

        errors.Invalid(FieldPath.Of(name), text, "invalid time format");
        return null;
    }

    private static int? NumberOf(IQueryCollection query, string name, FieldErrors errors)
    {
        string text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            return number;
        }

        errors.Invalid(FieldPath.Of(name), text, $"strconv.Atoi: parsing {GoText.Quote(text)}: invalid syntax");
        return null;
    }

    private static string List(IEnumerable<string> values) =>
        "[" + string.Join(',', values.Select(static one => '"' + JsonEncodedText.Encode(one).ToString() + '"')) + "]";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Date(DateTimeOffset time) =>
        time.ToString("yyyy-M-d H:m:s", CultureInfo.InvariantCulture);
}
