namespace Keelson.Nodes.Cgroups;

/// <summary>Who makes control groups: the agent by files (cgroupfs), or systemd.</summary>
internal interface ICgroupDriver
{
    /// <summary>Where a group is below the hierarchies' mounts; what runtimes are told as their containers' parent.
    /// </summary>
    string PathOf(CgroupName name);

    /// <summary>The group above those of pods, of which the configuration tells the path (<c>cgroupRoot</c>).</summary>
    CgroupName Root(string path);

    /// <summary>A group that somebody else makes, of which the configuration tells the path
    /// (<c>kubeReservedCgroup</c>).</summary>
    CgroupName Other(string path);

    /// <summary>Makes a group, or brings it up to date.</summary>
    /// <exception cref="IOException">It can't be done.</exception>
    Task SetAsync(CgroupName name, CgroupBounds bounds, CancellationToken cancellationToken);

    /// <summary>Removes a group and those in it; one that is gone already is no error.</summary>
    /// <exception cref="IOException">It can't be done.</exception>
    Task RemoveAsync(CgroupName name, CancellationToken cancellationToken);
}
