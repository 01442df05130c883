using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Resources;

namespace Keelson.Commands.Describe;

/// <summary><c>keelson describe</c>: objects at length, with what belongs to them.</summary>
internal sealed class DescribeCommand : ClusterCommand
{
    private readonly SelectorFlags _selectors;
    private readonly FileFlags _files;
    private readonly Flag<bool> _isEverywhere;
    private readonly Flag<bool> _showsEvents;
    private bool _isPrefix;

    public DescribeCommand()
        : base("describe", Text)
    {
        _selectors = new(Flags);
        _files = new(Flags, "to describe");
        _isEverywhere = Flags.Add(new Flag<bool>(
            "all-namespaces", FlagForms.Truth, false, "Describe the objects of all namespaces.")
        {
            Letter = 'A',
            BareValue = "true",
        });
        _showsEvents = Flags.Switch("show-events", true, "Show the events about each object.");
    }

    private static CommandHelp Text { get; } = new(
        "Show objects at length, with the events about them.",
        "(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [flags]")
    {
        Description = """
            Show objects at length: what they ask for, what there is, and the events about them.

            When no object has the name, all whose names start with it are shown.
            """,
        Examples = """
            # A node with its pods and what they take
            keelson describe node node-1

            # The pods of a deployment
            keelson describe pods -l app=web

            # What a file made
            keelson describe -f web.yaml
            """,
    };

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 && !_files.Files.IsSet)
        {
            Console.Error.Write(
                "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a "
                    + "complete list of "
                + "supported resources.\n");
            throw new CommandException("Required resource not specified.\n"
                + "Use \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl "
                + "explain "
                + "pods).\nSee 'keelson describe -h' for help and examples");
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        ApiDiscovery discovery = await Cluster.DiscoverAsync(cancellation);
        List<Exception> failures = [];
        IReadOnlyList<FoundObject> found = _files.Files.IsSet
            ? await OfFilesAsync(failures, cancellation)
            : await OfArgumentsAsync(arguments, discovery, failures, cancellation);
        DescribeContext context = new(Cluster, discovery, Console.Clock, _showsEvents.Value, cancellation);
        bool isFirst = true;
                foreach (FoundObject one in found)
        {
            Description text = new();
            await DescriberCatalog.For(one.Resource)(one.Object, text, context);
            Console.Output.Write(_isPrefix ? text + "\n" : (isFirst ? "" : "\n\n") + text);
            isFirst = false;
        }

        if (isFirst && failures.Count == 0)
        {
            Console.Error.Write(_isEverywhere.Value
                ? "No resources found\n"
                : $"No resources found in {Cluster.Namespace} namespace.\n");
        }

        SeveralFailures.ThrowIfAny(failures);
        return 0;
    }

    private async Task<IReadOnlyList<FoundObject>> OfFilesAsync(
        List<Exception> failures, CancellationToken cancellation)
    {
        ObjectFinder finder = new(Cluster);
        List<FoundObject> found = [];
        foreach (ManifestObject file in await _files.ReadAsync(Console.OpenInput, cancellation))
        {
            FoundObject named = await finder.OfFileAsync(file, NamesNamespace, cancellation);
            try
            {
                found.Add(named with { Object = await Cluster.GetAsync(named.Path(), cancellation) });
            }
            catch (ApiFailure failure)
            {
                failures.Add(failure);
            }
        }

        return found;
    }

    private async Task<IReadOnlyList<FoundObject>> OfArgumentsAsync(
        IReadOnlyList<string> arguments,
        ApiDiscovery discovery,
        List<Exception> failures,
        CancellationToken cancellation)
    {
        IReadOnlyList<ResourceTarget> targets = ResourceArguments.Read(arguments, discovery);
        ObjectFinder finder = new(Cluster);
        IReadOnlyList<FoundObject> found = await finder.FindAsync(
            targets, _selectors.Query, _isEverywhere.Value, failures, cancellation);
        bool mayBePrefix = found.Count == 0 && arguments.Count == 2 && targets is [{ Name: not null }]
            && failures is [ApiFailure { IsNotFound: true }];
        if (!mayBePrefix)
        {
            return found;
        }

        IReadOnlyList<FoundObject> all = await finder.FindAsync(
            [targets[0] with { Name = null }], "", _isEverywhere.Value, [], cancellation);
        string prefix = targets[0].Name!;
        found = [.. all.Where(one => one.Name.StartsWith(prefix, StringComparison.Ordinal))];
        if (found.Count > 0)
        {
            failures.Clear();
            _isPrefix = true;
        }

        return found;
    }
}
