namespace Keelson.Nodes.Volumes;

/// <summary>A type of volumes. Every call may be repeated; what is known is on the disk.</summary>
internal interface IVolumePlugin
{
    /// <summary>The name by which directories know it: <c>kubernetes.io/empty-dir</c>.</summary>
    string Name { get; }

    /// <summary>
    /// True when a volume that is in place is set up again with each sync of its pod: its content follows objects of
    /// the API, or its driver wants to be asked again.
    /// </summary>
    bool IsRepeated(PodVolume volume) => false;

    /// <summary>True for volumes of this type.</summary>
    bool Handles(PodVolume volume);

    /// <summary>Where the volume's content is on this machine; for block volumes the device.</summary>
    string PathOf(PodVolume volume);

    /// <summary>True when containers may only read, whatever their mounts say.</summary>
    bool IsReadOnly(PodVolume volume);

    /// <summary>Brings the volume in place.</summary>
    /// <returns>Null, or why it is not in place.</returns>
    Task<string?> SetUpAsync(PodVolume volume, CancellationToken cancellationToken);

    /// <summary>
    /// Ends what only this type knows how to end, before mounts below the directory are taken away and it is removed.
    /// </summary>
    /// <param name="podUid">The pod.</param>
    /// <param name="directory">The volume's directory below the pod's.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null, or why it did not come to pass.</returns>
    Task<string?> TearDownAsync(string podUid, string directory, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);
}
