namespace Keelson.Cluster.Simulator;

/// <summary>How often what goes wrong between a role and the API server. Shares of calls, 0 to 1.</summary>
internal sealed class Faults
{
    /// <summary>False when all goes well.</summary>
    public bool AreOn { get; set; }

    /// <summary>Calls that are refused before they do anything: the server is away or busy.</summary>
    public double Refused { get; init; }

    /// <summary>Writes that find that somebody else was quicker.</summary>
    public double Conflicts { get; init; }

    /// <summary>Writes that are done although their answer says that they were not.</summary>
    public double LostAnswers { get; init; }

    /// <summary>Calls that take seconds.</summary>
    public double Slow { get; init; }

    /// <summary>Notices of watches before which a watch stands still for a while.</summary>
    public double LateWatches { get; init; }

    /// <summary>Notices of watches at which a watch ends, and the follower has to begin anew or go on.</summary>
    public double LostWatches { get; init; }

    /// <summary>The source of chance.</summary>
    public required Random Random { get; init; }

    /// <summary>How often an answer was lost: so often something may have been done twice.</summary>
    public int LostSoFar { get; set; }

    /// <summary>Whether something with a share happens now.</summary>
    public bool Strikes(double share) => AreOn && Random.NextDouble() < share;

    /// <summary>What a call takes.</summary>
    public TimeSpan Delay() => !AreOn
        ? TimeSpan.FromMilliseconds(1)
        : Random.NextDouble() < Slow
            ? TimeSpan.FromMilliseconds(500 + (Random.NextDouble() * 4500))
            : TimeSpan.FromMilliseconds(Random.NextDouble() * 20);
}

/// <summary>The way from one incarnation of a role to the API server.</summary>
internal sealed class Link
{
    /// <summary>True when the role's process is dead: nothing it asked for is done any more, nothing is
    /// answered.</summary>
    public bool IsCut { get; set; }
}
