using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Printing;
using Keelson.Resources;

namespace Keelson.Commands.Get;

/// <summary><c>keelson get</c>: one or many objects.</summary>
internal sealed class GetCommand : ClusterCommand
{
    private const string Forms = "json, yaml, name, jsonpath, jsonpath-file, custom-columns, custom-columns-file, wide";
    private readonly OutputFlag _output;
    private readonly SelectorFlags _selectors;
    private readonly FileFlags _files;
    private readonly Flag<bool> _isEverywhere;
    private readonly Flag<bool> _noHeaders;
    private readonly Flag<bool> _showLabels;
    private readonly Flag<bool> _showKind;
    private readonly Flag<bool> _ignoreNotFound;
    private readonly Flag<IReadOnlyList<string>> _labelColumns;
    private readonly Flag<string> _sortBy;
    private readonly Flag<string> _subresource;
    private readonly Flag<bool> _watch;
    private readonly Flag<bool> _watchOnly;
    private readonly Flag<bool> _watchEvents;

    public GetCommand()
        : base("get", GetHelp.Text)
    {
        _output = new(Flags, Forms);
        _selectors = new(Flags);
        _files = new(Flags, "to get");
        _isEverywhere = Flags.Add(new Flag<bool>(
            "all-namespaces", FlagForms.Truth, false, "List the objects of all namespaces.")
        {
            Letter = 'A',
            BareValue = "true",
        });
        _noHeaders = Flags.Switch("no-headers", false, "Leave out the line with the columns' names.");
        _showLabels = Flags.Switch("show-labels", false, "Show all labels in a last column.");
        _showKind = Flags.Switch("show-kind", false, "Show the kind before each name.");
        _ignoreNotFound = Flags.Switch("ignore-not-found", false, "End well when what is asked for is not there.");
        _labelColumns = Flags.Add(new Flag<IReadOnlyList<string>>(
            "label-columns", FlagForms.Texts, [], "Labels to show in columns of their own.") { Letter = 'L' });
        _sortBy = Flags.Text("sort-by", "", "A JSONPath expression to sort lists by: {.metadata.name}.");
        _subresource = Flags.Text("subresource", "", "Get this subresource: status or scale.");
        _watch = Flags.Add(new Flag<bool>("watch", FlagForms.Truth, false, "List, then show every change.")
        {
            Letter = 'w',
            BareValue = "true",
        });
        _watchOnly = Flags.Switch("watch-only", false, "Show every change, without listing first.");
        _watchEvents = Flags.Switch("output-watch-events", false, "Show what kind of change each one is.");
    }

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        _output.Printer();
        if (arguments.Count == 0 && !_files.Files.IsSet)
        {
            Console.Error.Write(
                "You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of "
                + "supported resources.\n\n");
            throw Usage("Required resource not specified.");
        }

        if (_showLabels.Value && _output.Output.Value is not ("" or "wide"))
        {
            throw Usage("--show-labels option cannot be used with " + _output.Output.Value + " printer");
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        ApiDiscovery discovery = await Cluster.DiscoverAsync(cancellation);
        IReadOnlyList<ResourceTarget> targets = _files.Files.IsSet
            ? await TargetsOfFilesAsync(cancellation)
            : ResourceArguments.Read(arguments, discovery);
        if (targets.Any(target => target.Name is not null))
        {
            if (_selectors.IsUsed)
            {
                throw new CommandException("name cannot be provided when a selector is specified");
            }

            if (_isEverywhere.Value)
            {
                throw new CommandException("a resource cannot be retrieved by name across all namespaces");
            }
        }

        bool showsKind = _showKind.Value || ResourceArguments.NamesSeveralKinds(arguments)
            || targets.Select(target => target.Resource).Distinct().Count() > 1;
        if (_watch.Value || _watchOnly.Value)
        {
            return await WatchAsync(targets, showsKind, cancellation);
        }

        return _output.Printer() is { } printer
            ? await PrintObjectsAsync(targets, printer, cancellation)
            : await PrintTablesAsync(targets, showsKind, cancellation);
    }

    private async Task<IReadOnlyList<ResourceTarget>> TargetsOfFilesAsync(CancellationToken cancellation)
    {
        ObjectFinder finder = new(Cluster);
        List<ResourceTarget> targets = [];
        foreach (ManifestObject file in await _files.ReadAsync(Console.OpenInput, cancellation))
        {
            FoundObject found = await finder.OfFileAsync(file, NamesNamespace, cancellation);
            targets.Add(new(found.Resource, found.Name));
        }

        return targets;
    }

    /// <summary>Lists are fetched in parts, all of them before the first is printed, as widths depend on all.</summary>
    private async Task<int> PrintTablesAsync(
        IReadOnlyList<ResourceTarget> targets, bool showsKind, CancellationToken cancellation)
    {
        List<Exception> failures = [];
        List<(ApiResource Resource, ObjectTree Table)> tables = [];
        foreach (ResourceTarget target in targets)
        {
            try
            {
                await foreach (ObjectTree table in TablesAsync(target, cancellation))
                {
                    tables.Add((target.Resource, table));
                }
            }
            catch (ApiFailure failure) when (failure.IsNotFound && _ignoreNotFound.Value)
            {
                // Asked to be silent about.
            }
            catch (ApiFailure failure)
            {
                failures.Add(failure);
            }
        }

        TabWriter output = TabWriter.ForTables(Console.Output);
        bool hasWritten = Write(tables, showsKind, output);
        if (!hasWritten && !_ignoreNotFound.Value && failures.Count == 0)
        {
            bool isNamespaced = !_isEverywhere.Value && tables.All(table => table.Resource.IsNamespaced);
            Console.Error.Write(isNamespaced
                ? $"No resources found in {Cluster.Namespace} namespace.\n"
                : "No resources found\n");
        }

        SeveralFailures.ThrowIfAny(failures);
        return 0;
    }

    private bool Write(List<(ApiResource Resource, ObjectTree Table)> tables, bool showsKind, TabWriter output)
    {
        bool hasWritten = false;
        ApiResource? last = null;
        TablePrinter? printer = null;
        List<(ApiResource Resource, ObjectTree Table)> parts = _sortBy.Value.Length > 0
            ? TableSorting.Sort(tables, _sortBy.Value)
            : tables;
        foreach ((ApiResource resource, ObjectTree table) in parts)
        {
            if (table.Objects("rows").Count == 0)
            {
                continue;
            }

            if (printer is null || resource != last)
            {
                output.Flush();
                output.Forget();
                if (hasWritten && !_noHeaders.Value)
                {
                    output.Write("\n");
                    output.Flush();
                }

                printer = new(output, OptionsFor(resource, showsKind));
                last = resource;
            }

            printer.Print(table);
            hasWritten = true;
        }

        output.Flush();
        return hasWritten;
    }

    private TableOptions OptionsFor(ApiResource resource, bool showsKind) => new()
    {
        IsWide = _output.Output.Value == "wide",
        HasNoHeaders = _noHeaders.Value,
        ShowsLabels = _showLabels.Value,
        ShowsNamespace = _isEverywhere.Value && resource.IsNamespaced,
        Kind = showsKind ? resource.GroupKind : null,
        LabelColumns = _labelColumns.Value,
    };

    private IAsyncEnumerable<ObjectTree> TablesAsync(ResourceTarget target, CancellationToken cancellation)
    {
        string include = _sortBy.Value.Length > 0 ? "&includeObject=Object" : "";
        return target.Name is { } name
            ? OneAsync(
                target.Resource.Path(Cluster.Namespace, name, _subresource.Value), TablePrinter.Accept, cancellation)
            : new ObjectFinder(Cluster).ListAsync(
                target.Resource, Scope, _selectors.Query + include, cancellation, TablePrinter.Accept);
    }

    private async IAsyncEnumerable<ObjectTree> OneAsync(
        string path,
        string accept,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return await Cluster.GetAsync(path, cancellation, accept);
    }

    private string Scope => _isEverywhere.Value ? "" : Cluster.Namespace;

    private async Task<int> PrintObjectsAsync(
        IReadOnlyList<ResourceTarget> targets, IObjectPrinter printer, CancellationToken cancellation)
    {
        List<Exception> failures = [];
        List<ObjectTree> objects = [];
        foreach (ResourceTarget target in targets)
        {
            try
            {
                if (target.Name is { } name)
                {
                    string path = target.Resource.Path(Cluster.Namespace, name, _subresource.Value);
                    objects.Add(await Cluster.GetAsync(path, cancellation));
                    continue;
                }

                IReadOnlyList<FoundObject> found = await new ObjectFinder(Cluster).FindAsync(
                    [target], _selectors.Query, _isEverywhere.Value, failures, cancellation);
                objects.AddRange(found.Select(one => one.Object));
            }
            catch (ApiFailure failure) when (failure.IsNotFound && _ignoreNotFound.Value)
            {
                // Asked to be silent about.
            }
            catch (ApiFailure failure)
            {
                failures.Add(failure);
            }
        }

        bool isOne = targets is [{ Name: not null }];
        if (!isOne || objects.Count == 1)
        {
            List<ObjectTree> sorted = _sortBy.Value.Length > 0 ? TableSorting.Sort(objects, _sortBy.Value) : objects;
            if (isOne || targets.Count == 0 || failures.Count < targets.Count)
            {
                printer.Print(isOne ? sorted[0] : ListOf(sorted), Console.Output);
                printer.Finish(Console.Output);
            }
        }

        SeveralFailures.ThrowIfAny(failures);
        return 0;
    }

    private static ObjectTree ListOf(List<ObjectTree> objects) => new()
    {
        ["apiVersion"] = new TextTree("v1"),
        ["kind"] = new TextTree("List"),
        ["metadata"] = new ObjectTree { ["resourceVersion"] = new TextTree("") },
        ["items"] = new ListTree([.. objects]),
    };

    private async Task<int> WatchAsync(
        IReadOnlyList<ResourceTarget> targets, bool showsKind, CancellationToken cancellation)
    {
        if (targets.Count != 1)
        {
            throw new CommandException("you may only specify a single resource type");
        }

        ResourceTarget target = targets[0];
        IObjectPrinter? printer = _output.Printer();
        string accept = printer is null ? TablePrinter.Accept : "application/json";
        TabWriter output = TabWriter.ForTables(Console.Output);
        TablePrinter tables = new(output, OptionsFor(target.Resource, showsKind));
        void Show(ObjectTree obj, string type)
        {
            if (printer is null)
            {
                tables.Print(obj, _watchEvents.Value ? type : null);
                output.Flush();
            }
            else
            {
                printer.Print(obj, Console.Output);
            }

            Console.Output.Flush();
        }

        string selection = target.Name is { } name
            ? "&fieldSelector=" + Uri.EscapeDataString("metadata.name=" + name)
            : _selectors.Query;
        string list = $"{target.Resource.Path(Scope)}?limit={ObjectFinder.ChunkSize}{selection}";
        ObjectTree start = target.Name is { } one
            ? await Cluster.GetAsync(target.Resource.Path(Cluster.Namespace, one), cancellation, accept)
            : await Cluster.GetAsync(list, cancellation, accept);
        if (!_watchOnly.Value)
        {
            foreach (ObjectTree obj in printer is not null && target.Name is null ? start.Objects("items") : [start])
            {
                Show(obj, "ADDED");
            }
        }

        string version = start.TextAt("metadata", "resourceVersion");
        string watch = $"{target.Resource.Path(Scope)}?watch=true&resourceVersion={version}{selection}";
        await foreach (ObjectTree change in Cluster.WatchAsync(watch, accept, cancellation))
        {
            ObjectTree obj = change.Node("object") ?? new ObjectTree();
            if (change.TextAt("type") == "ERROR")
            {
                throw new ApiFailure(obj);
            }

            if (change.TextAt("type") != "BOOKMARK")
            {
                Show(obj, change.TextAt("type"));
            }
        }

        return 0;
    }
}
