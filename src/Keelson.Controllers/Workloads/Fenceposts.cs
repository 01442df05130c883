using Keelson.Machinery.Values;

namespace Keelson.Controllers.Workloads;

/// <summary>How far a rollout may go beyond and below the wanted number of pods.</summary>
/// <param name="Surge">The most pods above it.</param>
/// <param name="Unavailable">The most pods missing from it.</param>
internal readonly record struct Fenceposts(int Surge, int Unavailable)
{
    /// <summary>
    /// Percentages of the wanted number: the surge rounded up, the unavailable ones down. When both would be zero,
    /// nothing could ever move, so one may be missing.
    /// </summary>
    public static Fenceposts Resolve(IntOrString? surge, IntOrString? unavailable, int wanted)
    {
        int above = Scaled(surge ?? 0, wanted, roundUp: true);
        int below = Scaled(unavailable ?? 0, wanted, roundUp: false);
        return new(above, above == 0 && below == 0 ? 1 : below);
    }

    /// <summary>A number, or a percentage of a total.</summary>
    public static int Scaled(IntOrString value, int total, bool roundUp)
    {
        if (!value.TryGetPercent(out int percent))
        {
            return value.Number;
        }

        long product = (long)percent * total;
        return (int)(roundUp ? (product + 99) / 100 : product / 100);
    }
}
