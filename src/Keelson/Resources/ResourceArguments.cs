using Keelson.Clusters;
using Keelson.Flags;

namespace Keelson.Resources;

/// <summary>Names on a command line: which kinds, which of them.</summary>
/// <param name="Resource">The kind.</param>
/// <param name="Name">The object; null for all that the selectors choose.</param>
internal readonly record struct ResourceTarget(ApiResource Resource, string? Name);

/// <summary>The flags that choose objects of a kind.</summary>
internal sealed class SelectorFlags(FlagSection flags)
{
    public Flag<string> Labels { get; } = flags.Add(new Flag<string>("selector", FlagForms.Text, "",
        "Choose objects by their labels: key=value, key!=value, key in (a,b), key.") { Letter = 'l' });

    public Flag<string> Fields { get; } = flags.Text("field-selector", "",
        "Choose objects by their fields: key1=value1,key2!=value2. What fields there are depends on the kind.");

    /// <summary>Whether one of them is used.</summary>
    public bool IsUsed => Labels.Value.Length > 0 || Fields.Value.Length > 0;

    /// <summary>The query's part.</summary>
    public string Query =>
        (Labels.Value.Length > 0 ? "&labelSelector=" + Uri.EscapeDataString(Labels.Value) : "")
        + (Fields.Value.Length > 0 ? "&fieldSelector=" + Uri.EscapeDataString(Fields.Value) : "");
}

/// <summary>Reads the words that name kinds and objects as kubectl does: <c>pods</c>, <c>pods,services</c>,
/// <c>pod a b</c>, <c>pod/a service/b</c>, <c>all</c>.</summary>
internal static class ResourceArguments
{
    /// <summary>What the words name.</summary>
    /// <exception cref="CommandException">They name nothing, or not as one does.</exception>
    public static IReadOnlyList<ResourceTarget> Read(IReadOnlyList<string> words, ApiDiscovery discovery)
    {
        if (words.Any(word => word.Contains('/')))
        {
            return [.. words.Select(word => ReadPair(word, words.Count, discovery))];
        }

        List<ApiResource> kinds = [];
        foreach (string word in words[0].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            IReadOnlyList<ApiResource> category = discovery.Find(word) is { } one ? [one] : discovery.Category(word);
            kinds.AddRange(category.Count > 0 ? category : [discovery.Resolve(word)]);
        }

        kinds = [.. kinds.Distinct()];
        if (words.Count == 1)
        {
            return [.. kinds.Select(kind => new ResourceTarget(kind, null))];
        }

        return kinds.Count == 1
            ? [.. words.Skip(1).Select(name => new ResourceTarget(kinds[0], name))]
            : [.. kinds.SelectMany(kind => words.Skip(1).Select(name => new ResourceTarget(kind, name)))];
    }

    /// <summary>Whether the words name more than one kind, so that names are shown with theirs.</summary>
    public static bool NamesSeveralKinds(IReadOnlyList<string> words)
    {
        HashSet<string> kinds = new(StringComparer.Ordinal);
        foreach (string word in words)
        {
            if (word == "all" || (!word.Contains('/') && word.Split(',').Distinct().Count() > 1))
            {
                return true;
            }

            if (word.IndexOf('/') is > 0 and int slash)
            {
                kinds.Add(word[..slash]);
            }
        }

        return kinds.Count > 1;
    }

    private static ResourceTarget ReadPair(string word, int count, ApiDiscovery discovery)
    {
        string[] parts = word.Split('/');
        if (parts.Length == 1)
        {
            throw new CommandException(count > 1
                ? "there is no need to specify a resource type as a separate argument when passing arguments in "
                    + "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get "
                    + "resource "
                    + "resource/<resource_name>'"
                : "resource name may not be empty");
        }

        return parts is [{ Length: > 0 } kind, { Length: > 0 } name]
            ? new(discovery.Resolve(kind), name)
            : throw new CommandException(parts.Length == 2
                ? "arguments in resource/name form must have a single resource and name"
                : "arguments in resource/name form may not have more than one slash");
    }
}
