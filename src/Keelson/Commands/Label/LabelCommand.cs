using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Printing;
using Keelson.Resources;

namespace Keelson.Commands.Label;

/// <summary><c>keelson label</c> and <c>keelson annotate</c>: an object's labels, or its annotations.</summary>
internal sealed class LabelCommand : ClusterCommand
{
    private readonly bool _isLabel;
    private readonly TargetFlags _targets;
    private readonly ChangeOutput _output;
    private readonly Flag<bool> _overwrite;
    private readonly Flag<bool> _list;

    private LabelCommand(bool isLabel)
        : base(isLabel ? "label" : "annotate", isLabel ? LabelText : AnnotateText)
    {
        _isLabel = isLabel;
        _targets = new(Flags, isLabel ? "to label" : "to annotate");
        _output = new(Flags);
        _overwrite = Flags.Switch("overwrite", false, "Replace values that are there.");
        _list = Flags.Switch("list", false, "Show what is there.");
    }

    private static CommandHelp LabelText { get; } = new(
        "Set or take away labels.", "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N- [flags]")
    {
        Examples = """
            # Set a label
            keelson label pods web stage=test

            # Change it
            keelson label --overwrite pods web stage=live

            # Take it away
            keelson label pods web stage-
            """,
    };

    private static CommandHelp AnnotateText { get; } = new(
        "Set or take away annotations.", "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N- [flags]")
    {
        Examples = """
            # Set an annotation
            keelson annotate pods web description='my frontend'

            # Take it away
            keelson annotate pods web description-
            """,
    };

    public static UserCommand ForLabels() => new LabelCommand(isLabel: true);

    public static UserCommand ForAnnotations() => new LabelCommand(isLabel: false);

    private string Field => _isLabel ? "labels" : "annotations";

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments) => _output.Check();

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        List<string> words = [.. arguments.TakeWhile(word => !IsChange(word))];
        List<string> changes = [.. arguments.Skip(words.Count)];
        if (words.Count == 0 && !_targets.Files.Files.IsSet)
        {
            throw new CommandException(
                "one or more resources must be specified as <resource> <name> or <resource>/<name>");
        }

        if (changes.FirstOrDefault(word => !IsChange(word)) is { } wrong)
        {
            throw new CommandException($"all resources must be specified before {(_isLabel ? "label" : "annotation")} "
                + $"changes: {wrong}");
        }

        if (changes.Count == 0 && !_list.Value)
        {
            throw new CommandException(_isLabel
                ? "at least one label update is required"
                : "at least one annotation update is required");
        }

        List<Exception> failures = [];
        IReadOnlyList<FoundObject> found =
            await _targets.FindAsync(Cluster, words, Console.OpenInput, failures, cancellation);
        foreach (FoundObject one in found)
        {
            try
            {
                await ChangeAsync(one, changes, cancellation);
            }
            catch (Exception failure) when (failure is ApiFailure or CommandException)
            {
                failures.Add(failure);
            }
        }

        SeveralFailures.ThrowIfAny(failures);
        return 0;
    }

    private static bool IsChange(string word) =>
        word.IndexOf('=') > 0 || (word.Length > 1 && word.EndsWith('-') && !word.Contains('='));

    private async Task ChangeAsync(FoundObject one, List<string> changes, CancellationToken cancellation)
    {
        IReadOnlyList<KeyValuePair<string, string>> before = one.Object.Pairs("metadata", Field);
        if (_list.Value)
        {
            Console.Output.Write(string.Concat(before.Select(pair => $"{pair.Key}={pair.Value}\n")));
            return;
        }

        ObjectTree values = new();
        List<string> taken = [];
        bool changesSomething = false;
        bool sets = false;
        foreach (string change in changes)
        {
            int equals = change.IndexOf('=');
            string key = equals < 0 ? change[..^1] : change[..equals];
            string? old = before.Where(pair => pair.Key == key).Select(pair => pair.Value).FirstOrDefault();
            if (equals < 0)
            {
                if (old is null && _isLabel)
                {
                    Console.Output.Write($"label \"{key}\" not found.\n");
                }

                values[key] = NullTree.Instance;
                changesSomething |= old is not null;
                continue;
            }

            string value = change[(equals + 1)..];
            sets = true;
            if (old is not null && old != value && !_overwrite.Value)
            {
                taken.Add($"'{key}' already has a value ({old})");
            }

            changesSomething |= old != value;
            values[key] = new TextTree(value);
        }

        Refuse(taken);
        ObjectTree patched = one.Object;
        if (!_output.IsClientOnly && (changesSomething || !_isLabel))
        {
            ObjectTree patch = new() { ["metadata"] = new ObjectTree { [Field] = values } };
            string manager = _isLabel ? "kubectl-label" : "kubectl-annotate";
            patched = await Cluster.CallAsync(
                HttpMethod.Patch,
                $"{one.Path()}?fieldManager={manager}{_output.Query}",
                RequestBody.MergePatch(patch),
                cancellation);
        }

        string told = !_isLabel ? "annotated" : !changesSomething ? "not labeled" : sets ? "labeled" : "unlabeled";
        _output.Tell(Console.Output, one.Resource, patched, told);
    }

    private void Refuse(List<string> taken)
    {
        if (taken.Count > 0)
        {
            throw new CommandException(_isLabel
                ? taken[0] + ", and --overwrite is false"
                : "--overwrite is false but found the following declared annotation(s): " + string.Join("; ", taken));
        }
    }
}
