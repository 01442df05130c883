namespace Keelson.Nodes.Cgroups;

/// <summary>Makes control groups by files: upstream's driver <c>cgroupfs</c>.</summary>
internal sealed class FileCgroupDriver(CgroupFiles files) : ICgroupDriver
{
    /// <inheritdoc/>
    public string PathOf(CgroupName name) => name.Path;

    /// <inheritdoc/>
    public CgroupName Root(string path) => CgroupName.OfPath(path);

    /// <inheritdoc/>
    public CgroupName Other(string path) => CgroupName.OfPath(path);

    /// <inheritdoc/>
    public Task SetAsync(CgroupName name, CgroupBounds bounds, CancellationToken cancellationToken)
    {
        files.Make(name.Path);
        files.Set(name.Path, bounds);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RemoveAsync(CgroupName name, CancellationToken cancellationToken)
    {
        files.Remove(name.Path);
        return Task.CompletedTask;
    }
}
