using System.Globalization;
using Keelson.Api.Core.V1;

namespace Keelson.Controllers.LegacyTokens;

/// <summary>What to do about a secret with a token that was once made for an account of its own accord.</summary>
internal enum LegacyTokenAction
{
    /// <summary>Nothing.</summary>
    Keep,

    /// <summary>Mark it as invalid from today on.</summary>
    Invalidate,

    /// <summary>Delete it: it was marked long ago and nobody missed it.</summary>
    Delete,
}

/// <summary>Which legacy tokens are no longer used.</summary>
internal static class LegacyTokenPlan
{
    /// <summary>The label with the day from which on a token no longer works.</summary>
    public const string InvalidSince = "kubernetes.io/legacy-token-invalid-since";

    private const string LastUsed = "kubernetes.io/legacy-token-last-used";
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>A day as labels have it.</summary>
    public static string Day(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether tracking has gone on long enough for an absent mark to mean that a token was not used.
    /// </summary>
    /// <param name="since">The day on which the API server began to note uses.</param>
    /// <param name="now">The present.</param>
    /// <param name="period">How long a token must have been unused
    /// (<c>--legacy-service-account-token-clean-up-period</c>).</param>
    public static bool IsTrackedLongEnough(string? since, DateTimeOffset now, TimeSpan period) =>
        TryDay(since, out DateTimeOffset day) && day.AddDays(1) <= now - period;

    /// <summary>Decides about a secret.</summary>
    /// <param name="secret">The secret, of the type of service account tokens.</param>
    /// <param name="account">The account it is for; null when there is none.</param>
    /// <param name="isMounted">Whether a pod uses it.</param>
    /// <param name="now">The present.</param>
    /// <param name="period">How long it must have been unused.</param>
    public static LegacyTokenAction Compute(
        Secret secret, ServiceAccount? account, bool isMounted, DateTimeOffset now, TimeSpan period)
    {
        DateTimeOffset limit = now - period;
        string lastDay = Day(limit);
        if (secret.Metadata.CreationTimestamp.Instant >= limit || secret.Metadata.DeletionTimestamp is not null)
        {
            return LegacyTokenAction.Keep;
        }

        if (secret.Metadata.Labels.TryGetValue(LastUsed, out string? used)
            && (!TryDay(used, out _) || string.CompareOrdinal(used, lastDay) >= 0))
        {
            return LegacyTokenAction.Keep;
        }

        // Only an account's own list tells tokens that were made for it from those that somebody asked for.
        bool isGenerated = account is not null && account.Secrets.Any(one => one.Name == secret.Metadata.Name);
        if (!isGenerated || isMounted)
        {
            return LegacyTokenAction.Keep;
        }

        string? invalid = secret.Metadata.Labels.GetValueOrDefault(InvalidSince);
        if (!TryDay(invalid, out _))
        {
            return LegacyTokenAction.Invalidate;
        }

        return string.CompareOrdinal(invalid, lastDay) >= 0 ? LegacyTokenAction.Keep : LegacyTokenAction.Delete;
    }

    private static bool TryDay(string? text, out DateTimeOffset day) => DateTimeOffset.TryParseExact(
        text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out day);
}
