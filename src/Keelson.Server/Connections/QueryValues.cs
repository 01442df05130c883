using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Connections;

/// <summary>Values of a query as upstream's conversion of URL values reads them, with Go's errors.</summary>
internal static class QueryValues
{
    /// <summary>Present and neither "false" nor "0".</summary>
    public static bool Truth(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values[0]?.ToLowerInvariant() is not ("false" or "0");

    /// <summary>A text; empty when missing.</summary>
    public static string Text(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) ? values[0] ?? "" : "";

    /// <summary>Every value of a name.</summary>
    public static IEnumerable<string> Texts(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) ? values.Select(one => one ?? "") : [];

    /// <summary>A number; null when missing.</summary>
    public static ApiResult<long?> Number(IQueryCollection query, string name)
    {
        if (!query.TryGetValue(name, out var values))
        {
            return (long?)null;
        }

        string text = values[0] ?? "";
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return (long?)number;
        }

        return ApiErrors.BadRequest($"strconv.ParseInt: parsing {GoText.Quote(text)}: {WhyNoNumber(text)}");
    }

    /// <summary>A time; null when missing.</summary>
    public static ApiResult<Time?> Instant(IQueryCollection query, string name)
    {
        if (!query.TryGetValue(name, out var values) || values[0] is not { Length: > 0 } text || text == "null")
        {
            return (Time?)null;
        }

        string quoted = GoText.Quote(text);
        return Time.TryParse(text, out Time time)
            ? (Time?)time
            : ApiErrors.BadRequest(
                $"parsing time {quoted} as \"2006-01-02T15:04:05Z07:00\": cannot parse {quoted} as \"2006\"");
    }

    /// <summary>Ports, several values or one with commas.</summary>
    public static ApiResult<ApiList<int>> Ports(IQueryCollection query, string name)
    {
        List<int> ports = [];
        foreach (string text in Texts(query, name).SelectMany(one => one.Split(',')))
        {
            if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            {
                return ApiErrors.BadRequest(
                    $"cannot convert to []int32: strconv.ParseUint: parsing {GoText.Quote(text)}: {WhyNoNumber(text)}");
            }

            ports.Add(port);
        }

        return ports.Count == 0 ? default(ApiList<int>) : ports.ToArray();
    }

    private static string WhyNoNumber(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan().TrimStart("+-");
        bool isNumber = digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
        return isNumber ? "value out of range" : "invalid syntax";
    }
}
