using Keelson.Clusters;
using Keelson.Flags;

namespace Keelson.Resources;

/// <summary>The flags and words that choose the objects a command changes.</summary>
internal sealed class TargetFlags(FlagSection flags, string what)
{
    public SelectorFlags Selectors { get; } = new(flags);

    public FileFlags Files { get; } = new(flags, what);

    public Flag<bool> IsAll { get; } = flags.Switch("all", false, "Choose all objects of the kinds in the namespace.");

    public Flag<bool> IsEverywhere { get; } = flags.Add(new Flag<bool>(
        "all-namespaces", FlagForms.Truth, false, "Choose objects of all namespaces.")
    {
        Letter = 'A',
        BareValue = "true",
    });

    /// <summary>What failures about objects of files say that was tried; empty to say nothing.</summary>
    public string Doing { get; init; } = "";

    /// <summary>Whether objects were named, rather than chosen.</summary>
    public bool HasNames { get; private set; }

    /// <summary>The objects.</summary>
    /// <param name="cluster">Where they are.</param>
    /// <param name="words">Kinds and names.</param>
    /// <param name="openInput">Standard input, for files.</param>
    /// <param name="failures">Gets what is not there.</param>
    /// <param name="cancellation">Ends waiting.</param>
    public async Task<IReadOnlyList<FoundObject>> FindAsync(
        ClusterConnection cluster,
        IReadOnlyList<string> words,
        Func<Stream> openInput,
        List<Exception> failures,
        CancellationToken cancellation)
    {
        ObjectFinder finder = new(cluster);
        if (!Files.Files.IsSet)
        {
            IReadOnlyList<ResourceTarget> targets =
                ResourceArguments.Read(words, await cluster.DiscoverAsync(cancellation));
            if (targets.Any(target => target.Name is null) && !IsAll.Value && !Selectors.IsUsed)
            {
                throw new CommandException("resource(s) were provided, but no name was specified");
            }

            if (targets.Any(target => target.Name is not null) && Selectors.IsUsed)
            {
                throw new CommandException("name cannot be provided when a selector is specified");
            }

            HasNames = targets.Any(target => target.Name is not null);
            return await finder.FindAsync(targets, Selectors.Query, IsEverywhere.Value, failures, cancellation);
        }

        HasNames = true;
        List<FoundObject> found = [];
        foreach (ManifestObject file in await Files.ReadAsync(openInput, cancellation))
        {
            FoundObject named = await finder.OfFileAsync(file, namesNamespace: false, cancellation);
            try
            {
                found.Add(named with { Object = await cluster.GetAsync(named.Path(), cancellation) });
            }
            catch (ApiFailure failure)
            {
                failures.Add(
                    Doing.Length > 0 ? failure.While($"error when {Doing} \"{file.Source}\"") : failure);
            }
        }

        return found;
    }
}
