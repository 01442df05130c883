using System.Globalization;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Microsoft.AspNetCore.Http;

namespace Keelson.Server.Connections.Kubelets;

/// <summary>Which part of a container's log is wanted.</summary>
internal sealed record PodLogOptions
{
    private const string AllStreams = "All";

    /// <summary>The container; empty for the only one.</summary>
    public string Container { get; private init; } = "";

    /// <summary>Whether the log is followed while it grows.</summary>
    public bool Follow { get; private init; }

    /// <summary>Whether the kubelet's certificate is taken as it is.</summary>
    public bool InsecureSkipTLSVerifyBackend { get; private init; }

    private bool Previous { get; init; }

    private bool Timestamps { get; init; }

    private long? SinceSeconds { get; init; }

    private Time? SinceTime { get; init; }

    private long? TailLines { get; init; }

    private long? LimitBytes { get; init; }

    private string? Stream { get; init; }

    /// <summary>Reads the options off a query.</summary>
    public static ApiResult<PodLogOptions> Read(IQueryCollection query) =>
        QueryValues.Number(query, "sinceSeconds").TryGet(out long? sinceSeconds, out Status? error)
        && QueryValues.Instant(query, "sinceTime").TryGet(out Time? sinceTime, out error)
        && QueryValues.Number(query, "tailLines").TryGet(out long? tailLines, out error)
        && QueryValues.Number(query, "limitBytes").TryGet(out long? limitBytes, out error)
            ? new PodLogOptions
            {
                Container = QueryValues.Text(query, "container"),
                Follow = QueryValues.Truth(query, "follow"),
                Previous = QueryValues.Truth(query, "previous"),
                Timestamps = QueryValues.Truth(query, "timestamps"),
                InsecureSkipTLSVerifyBackend = QueryValues.Truth(query, "insecureSkipTLSVerifyBackend"),
                SinceSeconds = sinceSeconds,
                SinceTime = sinceTime,
                TailLines = tailLines,
                LimitBytes = limitBytes,
                Stream = query.ContainsKey("stream") ? QueryValues.Text(query, "stream") : null,
            }
            : error;

    /// <summary>What is wrong with the options; null when nothing is.</summary>
    public Status? Check(string pod)
    {
        FieldErrors errors = new();
        if (TailLines < 0)
        {
            errors.Invalid(FieldPath.Of("tailLines"), TailLines.Value, "must be greater than or equal to 0");
        }

        if (LimitBytes < 1)
        {
            errors.Invalid(FieldPath.Of("limitBytes"), LimitBytes.Value, "must be greater than 0");
        }

        if (SinceSeconds is not null && SinceTime is not null)
        {
            errors.Forbidden(FieldPath.Of(""), "at most one of `sinceTime` or `sinceSeconds` may be specified");
        }
        else if (SinceSeconds < 1)
        {
            errors.Invalid(FieldPath.Of("sinceSeconds"), SinceSeconds.Value, "must be greater than 0");
        }

        if (Stream is not (null or AllStreams or "Stdout" or "Stderr"))
        {
            errors.NotSupported(FieldPath.Of("stream"), Stream, AllStreams, "Stderr", "Stdout");
        }

        if (Stream is not (null or AllStreams) && TailLines is not null)
        {
            errors.Forbidden(FieldPath.Of(""), "`tailLines` and specific `stream` are mutually exclusive for now");
        }

        return errors.Count > 0 ? ApiErrors.Invalid("", "PodLogOptions", pod, errors) : null;
    }

    /// <summary>
    /// The options as the kubelet takes them. All streams are its default, which is not said: kubelets from before
    /// there was a choice know no other.
    /// </summary>
    public IEnumerable<(string Name, string Value)> ToQuery()
    {
        (string Name, string? Value)[] values =
        [
            ("follow", Follow ? "true" : null),
            ("previous", Previous ? "true" : null),
            ("timestamps", Timestamps ? "true" : null),
            ("sinceSeconds", SinceSeconds?.ToString(CultureInfo.InvariantCulture)),
            ("sinceTime", SinceTime?.ToString()),
            ("tailLines", TailLines?.ToString(CultureInfo.InvariantCulture)),
            ("limitBytes", LimitBytes?.ToString(CultureInfo.InvariantCulture)),
            ("stream", Stream),
        ];
        return values.Where(one => one.Value is not null).Select(one => (one.Name, one.Value!));
    }
}
