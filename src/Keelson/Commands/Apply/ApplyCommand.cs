using System.Text;
using Keelson.Api.Kinds;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;
using Keelson.Printing;
using Keelson.Resources;

namespace Keelson.Commands.Apply;

/// <summary><c>keelson apply</c>: objects as files say, whether they exist or not.</summary>
internal sealed class ApplyCommand : ClusterCommand
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";
    private const string ClientSideManager = "kubectl-client-side-apply";

    private readonly FileFlags _files;
    private readonly ChangeOutput _output;
    private readonly Flag<bool> _serverSide;
    private readonly Flag<bool> _forcesConflicts;
    private readonly Flag<string> _manager;

    public ApplyCommand()
        : base("apply", Text)
    {
        _files = new(Flags, "to apply");
        _output = new(Flags);
        _serverSide = Flags.Switch("server-side", false, "Let the server merge, and keep who owns which field.");
        _forcesConflicts = Flags.Switch("force-conflicts", false,
            "With --server-side: take fields over from other managers.");
        _manager = Flags.Text("field-manager", "", "Who comes to own the fields.");
    }

    private static CommandHelp Text { get; } = new("Make objects what files say.", "-f FILENAME [flags]")
    {
        Description = """
            Make objects what files say: create those that do not exist, change the others.

            Only what the file says, or said when it was applied before, is changed: what controllers or others set
            stays. What a file said last is kept with the object, in an annotation; with --server-side, the server
            keeps who set which field instead.
            """,
        Examples = """
            # What a file says
            keelson apply -f web.yaml

            # All files of a directory
            keelson apply -f manifests/

            # What would happen
            keelson apply -f web.yaml --dry-run=server
            """,
    };

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        _output.Check();
        if (arguments.Count > 0)
        {
            throw Usage($"Unexpected args: [{string.Join(' ', arguments)}]");
        }

        if (!_files.Files.IsSet)
        {
            throw new CommandException("must specify one of -f and -k");
        }

        if (_forcesConflicts.Value && !_serverSide.Value)
        {
            throw new CommandException("--force-conflicts only works with --server-side");
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        ObjectFinder finder = new(Cluster);
        List<Exception> failures = [];
        IReadOnlyList<ManifestObject> files = await _files.ReadAsync(Console.OpenInput, cancellation);
        if (files.Count == 0)
        {
            throw new CommandException("no objects passed to apply");
        }

        foreach (ManifestObject file in files)
        {
            try
            {
                FoundObject wanted = await finder.OfFileAsync(file, NamesNamespace, cancellation);
                if (_serverSide.Value)
                {
                    await ApplyOnServerAsync(wanted, cancellation);
                }
                else
                {
                    await ApplyAsync(wanted, file.Source, cancellation);
                }
            }
            catch (Exception failure) when (failure is ApiFailure or CommandException)
            {
                failures.Add(failure);
            }
        }

        SeveralFailures.ThrowIfAny(failures);
        return 0;
    }

    private async Task ApplyOnServerAsync(FoundObject wanted, CancellationToken cancellation)
    {
        string manager = _manager.Value.Length > 0 ? _manager.Value : "kubectl";
        string path = $"{wanted.Path()}?fieldManager={Uri.EscapeDataString(manager)}"
            + $"&fieldValidation=Strict&force={(_forcesConflicts.Value ? "true" : "false")}{_output.Query}";
        try
        {
            RequestBody body = new(wanted.Object.ToJson(), "application/apply-patch+yaml");
            ObjectTree applied = await Cluster.CallAsync(HttpMethod.Patch, path, body, cancellation);
            applied = await ManagerMigration.RunAsync(Cluster, wanted, applied, manager, _output.Query, cancellation);
            _output.Tell(Console.Output, wanted.Resource, applied, "serverside-applied");
        }
        catch (ApiFailure failure) when (failure.Reason == "Conflict" && failure.Message.StartsWith("Apply failed"))
        {
            throw new CommandException(failure.Message + "\n" + Conflicts, failure);
        }
    }

    private const string Conflicts = """
        Please review the fields above--they currently have other managers. Here
        are the ways you can resolve this warning:
        * If you intend to manage all of these fields, please re-run the apply
          command with the `--force-conflicts` flag.
        * If you do not intend to manage all of the fields, please edit your
          manifest to remove references to the fields that should keep their
          current managers.
        * You may co-own fields by updating your manifest to match the existing
          value; in this case, you'll become the manager if the other manager(s)
          stop managing the field (remove it from their configuration).
        See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
        """;

    private async Task ApplyAsync(FoundObject wanted, string source, CancellationToken cancellation)
    {
        string manager = _manager.Value.Length > 0 ? _manager.Value : ClientSideManager;
        string query = $"?fieldManager={Uri.EscapeDataString(manager)}&fieldValidation=Strict{_output.Query}";
        ObjectTree modified = WithLastApplied(wanted.Object);
        ObjectTree? current = await FindAsync(wanted, cancellation);
        if (current is null)
        {
            try
            {
                ObjectTree made = _output.IsClientOnly
                    ? modified
                    : await Cluster.CallAsync(
                        HttpMethod.Post,
                        wanted.Resource.Path(wanted.Namespace) + query,
                        RequestBody.Json(modified),
                        cancellation);
                _output.Tell(Console.Output, wanted.Resource, made, "created");
            }
            catch (ApiFailure failure)
            {
                throw failure.While($"error when creating \"{source}\"");
            }

            return;
        }

        string annotation = current.TextAt("metadata", "annotations", LastApplied);
        if (annotation.Length == 0)
        {
            Console.Error.Write($"Warning: resource {wanted.Resource.Name}/{wanted.Name} is missing the {LastApplied} "
                + "annotation which is required by kubectl apply. kubectl apply should only be used on "
                + "resources created "
                + "declaratively by either kubectl create --save-config or kubectl apply. The missing "
                + "annotation will be "
                + "patched automatically.\n");
        }

        (ObjectTree patch, bool isStrategic) = PatchOf(wanted.Resource, Original(annotation), modified, current);
        ObjectTree patched = current;
        if (patch.Count > 0 && !_output.IsClientOnly)
        {
            RequestBody body = isStrategic ? RequestBody.StrategicPatch(patch) : RequestBody.MergePatch(patch);
            try
            {
                patched = await Cluster.CallAsync(HttpMethod.Patch, wanted.Path() + query, body, cancellation);
            }
            catch (ApiFailure failure)
            {
                string shown = Encoding.UTF8.GetString(patch.ToJson(FieldOrder.Sorted));
                throw failure.While($"error when applying patch:\n{shown}\nto:\nResource: "
                    + $"\"{wanted.Resource.Group}/{wanted.Resource.Version}, Resource={wanted.Resource.Name}\", "
                    + $"GroupVersionKind: \"{wanted.Resource.Group}/{wanted.Resource.Version}, "
                    + $"Kind={wanted.Resource.Kind}\"\nName: \"{wanted.Name}\", Namespace: \"{wanted.Namespace}\"\n"
                    + $"for: \"{source}\": error when patching \"{source}\"");
            }
        }

        _output.Tell(Console.Output, wanted.Resource, patched, patch.Count > 0 ? "configured" : "unchanged");
    }

    private static (ObjectTree Patch, bool IsStrategic) PatchOf(
        ApiResource resource, ObjectTree original, ObjectTree modified, ObjectTree current)
    {
        ApiKind? kind = ApiKinds.All.FirstOrDefault(
            one => one.Info.ApiVersion == resource.ApiVersion && one.Info.Kind == resource.Kind);
        return kind is null
            ? (ThreeWayPatch.Merge(original, modified, current), false)
            : (ThreeWayPatch.Strategic(kind.Schema, original, modified, current), true);
    }

    private async Task<ObjectTree?> FindAsync(FoundObject wanted, CancellationToken cancellation)
    {
        try
        {
            return await Cluster.GetAsync(wanted.Path(), cancellation);
        }
        catch (ApiFailure failure) when (failure.IsNotFound)
        {
            return null;
        }
    }

    private static ObjectTree Original(string annotation)
    {
        try
        {
            return annotation.Length == 0
                ? new ObjectTree()
                : TreeReader.ReadObject(Encoding.UTF8.GetBytes(annotation));
        }
        catch (DecodeException exception)
        {
            throw new CommandException($"the annotation {LastApplied} can't be read: {exception.Message}", exception);
        }
    }

    /// <summary>The object with what it says itself as an annotation.</summary>
    private static ObjectTree WithLastApplied(ObjectTree wanted)
    {
        ObjectTree modified = wanted.DeepClone();
        ObjectTree metadata = modified.Node("metadata")!;
        if (metadata.Node("annotations") is not { } annotations)
        {
            metadata["annotations"] = annotations = new ObjectTree();
        }

        annotations.Remove(LastApplied);
        string text = Encoding.UTF8.GetString(modified.ToJson(FieldOrder.Sorted)) + "\n";
        annotations[LastApplied] = new TextTree(text);
        return modified;
    }
}
