using Keelson.Clusters;
using Keelson.Flags;
using Keelson.Machinery.Trees;

namespace Keelson.Resources;

/// <summary>An object that a command is about.</summary>
internal sealed record FoundObject(ApiResource Resource, ObjectTree Object)
{
    public string Name => Object.Name();

    public string Namespace => Object.Namespace();

    /// <summary><c>deployment.apps/web</c>.</summary>
    public string Label => $"{Resource.GroupKind}/{Name}";

    public string Path(string subresource = "") => Resource.Path(Namespace, Name, subresource);
}

/// <summary>The flags that name files.</summary>
internal sealed class FileFlags(FlagSection flags, string what)
{
    public Flag<IReadOnlyList<string>> Files { get; } = flags.Add(new Flag<IReadOnlyList<string>>(
        "filename", FlagForms.Texts, [],
            $"Files, directories or addresses with the objects {what}; - for standard input.")
    {
        Letter = 'f',
    });

    public Flag<bool> IsRecursive { get; } = flags.Add(new Flag<bool>(
        "recursive", FlagForms.Truth, false, "Look into directories of directories too.")
    {
        Letter = 'R',
        BareValue = "true",
    });

    /// <summary>The objects in the files.</summary>
    public Task<IReadOnlyList<ManifestObject>> ReadAsync(Func<Stream> openInput, CancellationToken cancellation) =>
        ManifestReader.ReadAsync(Files.Value, IsRecursive.Value, openInput, cancellation);
}

/// <summary>Gets the objects that words, selectors or files name.</summary>
internal sealed class ObjectFinder(ClusterConnection cluster)
{
    /// <summary>kubectl's: lists come in parts of so many.</summary>
    public const int ChunkSize = 500;

    /// <summary>The objects; those that are not there are told of in <paramref name="failures"/>.</summary>
    /// <param name="targets">Kinds and names.</param>
    /// <param name="query">The selectors' part of the query.</param>
    /// <param name="isEverywhere">Whether all namespaces are meant.</param>
    /// <param name="failures">Gets what failed.</param>
    /// <param name="cancellation">Ends waiting.</param>
    public async Task<IReadOnlyList<FoundObject>> FindAsync(
        IReadOnlyList<ResourceTarget> targets,
        string query,
        bool isEverywhere,
        List<Exception> failures,
        CancellationToken cancellation)
    {
        List<FoundObject> found = [];
        foreach ((ApiResource resource, string? name) in targets)
        {
            string @namespace = isEverywhere ? "" : cluster.Namespace;
            try
            {
                if (name is not null)
                {
                    found.Add(new(resource, await cluster.GetAsync(resource.Path(@namespace, name), cancellation)));
                    continue;
                }

                await foreach (ObjectTree part in ListAsync(resource, @namespace, query, cancellation))
                {
                    foreach (ObjectTree item in part.Objects("items"))
                    {
                        found.Add(new(resource, WithKind(item, resource)));
                    }
                }
            }
            catch (ApiFailure failure)
            {
                failures.Add(failure);
            }
        }

        return found;
    }

    /// <summary>The parts of a list.</summary>
    public async IAsyncEnumerable<ObjectTree> ListAsync(
        ApiResource resource,
        string @namespace,
        string query,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation,
        string accept = "application/json")
    {
        string next = "";
        do
        {
            string path = $"{resource.Path(@namespace)}?limit={ChunkSize}{query}{next}";
            ObjectTree part = await PartAsync(resource, path, query, accept, cancellation);
            yield return part;
            string token = part.TextAt("metadata", "continue");
            next = token.Length == 0 ? "" : "&continue=" + Uri.EscapeDataString(token);
        }
        while (next.Length > 0);
    }

    private async Task<ObjectTree> PartAsync(
        ApiResource resource, string path, string query, string accept, CancellationToken cancellation)
    {
        try
        {
            return await cluster.GetAsync(path, cancellation, accept);
        }
        catch (ApiFailure failure) when (failure.Reason is "BadRequest" or "NotFound")
        {
            string kind = $"\"{resource.Group}/{resource.Version}, Resource={resource.Name}\"";
            throw failure.While(Parameter("labelSelector") is var labels && Parameter("fieldSelector") is var fields
                && labels.Length + fields.Length > 0
                    ? $"Unable to find {kind} that match label selector \"{labels}\", field selector \"{fields}\""
                    : $"Unable to list {kind}");
        }

        string Parameter(string name)
        {
            int start = query.IndexOf($"&{name}=", StringComparison.Ordinal);
            return start < 0 ? "" : Uri.UnescapeDataString(query[(start + name.Length + 2)..].Split('&')[0]);
        }
    }

    /// <summary>The object of a file as it is in the cluster: its kind and namespace settled.</summary>
    /// <exception cref="CommandException">The file asks for another namespace than the command line.</exception>
    public async Task<FoundObject> OfFileAsync(ManifestObject file, bool namesNamespace, CancellationToken cancellation)
    {
        ApiDiscovery discovery = await cluster.DiscoverAsync(cancellation);
        ObjectTree obj = file.Object;
        ApiResource resource;
        try
        {
            resource = discovery.OfKind(obj.ApiVersion(), obj.Kind());
        }
        catch (CommandException exception)
        {
            throw new CommandException(
                $"resource mapping not found for name: \"{obj.Name()}\" namespace: \"{obj.Namespace()}\" from "
                + $"\"{file.Source}\": {exception.Message}\nensure CRDs are installed first",
                exception);
        }

        ObjectTree? metadata = obj.Node("metadata");
        if (metadata is null)
        {
            obj["metadata"] = metadata = new ObjectTree();
        }

        if (!resource.IsNamespaced)
        {
            metadata.Remove("namespace");
        }
        else if (metadata.TextAt("namespace").Length == 0)
        {
            metadata["namespace"] = new TextTree(cluster.Namespace);
        }
        else if (namesNamespace && metadata.TextAt("namespace") != cluster.Namespace)
        {
            throw new CommandException(
                $"the namespace from the provided object \"{metadata.TextAt("namespace")}\" does not match the "
                    + "namespace "
                + $"\"{cluster.Namespace}\". You must pass '--namespace={metadata.TextAt("namespace")}' to "
                + "perform this "
                + "operation.");
        }

        return new(resource, obj);
    }

    /// <summary>Items of lists have no kind of their own.</summary>
    private static ObjectTree WithKind(ObjectTree item, ApiResource resource)
    {
        item["apiVersion"] = new TextTree(resource.ApiVersion);
        item["kind"] = new TextTree(resource.Kind);
        return item;
    }
}
