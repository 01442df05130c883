namespace Keelson.Network.Proxy;

/// <summary>
/// The places of endpoints in a map: who stays keeps its place, so that one endpoint more or less changes one or two
/// elements and not all of them.
/// </summary>
internal static class EndpointOrder
{
    /// <summary>Orders endpoints.</summary>
    /// <param name="previous">The order so far.</param>
    /// <param name="wanted">The endpoints that are to be there.</param>
    public static string[] Arrange(IReadOnlyList<string> previous, IReadOnlyCollection<string> wanted)
    {
        HashSet<string> missing = new(wanted, StringComparer.Ordinal);
        string?[] places = new string?[missing.Count];
        List<string> moved = [];
        for (int i = 0; i < previous.Count; i++)
        {
            if (!missing.Remove(previous[i]))
            {
                continue;
            }

            if (i < places.Length)
            {
                places[i] = previous[i];
            }
            else
            {
                moved.Add(previous[i]);
            }
        }

        // What has no place yet, in the order in which it was given, fills the gaps.
        Queue<string> homeless = new([.. moved, .. wanted.Where(missing.Remove)]);
        for (int i = 0; i < places.Length; i++)
        {
            places[i] ??= homeless.Dequeue();
        }

        return places!;
    }
}
