namespace Keelson.Scheduler.Framework;

/// <summary>What scores have in common.</summary>
internal static class Scores
{
    /// <summary>The highest score a plugin gives.</summary>
    public const long Max = 100;

    /// <summary>
    /// Stretches scores so that the highest becomes <see cref="Max"/>; with <paramref name="reverse"/> the highest then
    /// becomes 0 and 0 becomes <see cref="Max"/>.
    /// </summary>
    public static void Normalize(Span<long> scores, bool reverse)
    {
        long highest = 0;
        foreach (long score in scores)
        {
            highest = Math.Max(highest, score);
        }

        if (highest == 0)
        {
            if (reverse)
            {
                scores.Fill(Max);
            }

            return;
        }

        foreach (ref long score in scores)
        {
            long stretched = Max * score / highest;
            score = reverse ? Max - stretched : stretched;
        }
    }
}
