namespace Keelson.Nodes.Cgroups;

/// <summary>Removes control groups that hold no process.</summary>
internal static class EmptyCgroups
{
    /// <summary>Removes a group and those in it, the deepest first, as far as they are empty.</summary>
    /// <param name="path">The group.</param>
    /// <param name="driver">Who made it.</param>
    /// <param name="files">The groups' files.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>True when it is gone.</returns>
    public static async Task<bool> RemoveAsync(
        string path, ICgroupDriver driver, CgroupFiles files, CancellationToken cancellationToken)
    {
        foreach (string name in files.Below(path))
        {
            await RemoveAsync($"{path}/{name}", driver, files, cancellationToken);
        }

        if (!files.IsAnywhere(path) || files.HasProcesses(path))
        {
            return !files.IsAnywhere(path);
        }

        try
        {
            // Of systemd's tree only slices are the agent's; scopes go with the slice that they are in.
            CgroupName name = driver.Other(path);
            if (driver.PathOf(name) == path)
            {
                await driver.RemoveAsync(name, cancellationToken);
            }
        }
        catch (IOException)
        {
            // Something came into it.
        }

        return !files.IsAnywhere(path);
    }
}
