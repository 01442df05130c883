using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Printing;
using Keelson.Resources;

namespace Keelson.Commands.Create;

/// <summary><c>keelson create -f</c>: objects from files.</summary>
internal sealed class CreateCommand : ClusterCommand
{
    private readonly FileFlags _files;
    private readonly ChangeOutput _output;
    private readonly Flag<string> _manager;

    public CreateCommand()
        : base("create", Text)
    {
        _files = new(Flags, "to create");
        _output = new(Flags);
        _manager = Flags.Text("field-manager", "kubectl-create", "Who comes to own the fields.");
    }

    private static CommandHelp Text { get; } = new("Create objects from files.", "-f FILENAME [flags]")
    {
        Description =
            "Create the objects of files, directories, addresses or standard input. Those that exist already\n"
            + "are told of, and stay as they are.",
        Examples = """
            # What a file says
            keelson create -f web.yaml

            # What another program writes
            generate-manifests | keelson create -f -
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
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        ObjectFinder finder = new(Cluster);
        List<Exception> failures = [];
        IReadOnlyList<ManifestObject> files = await _files.ReadAsync(Console.OpenInput, cancellation);
        foreach (ManifestObject file in files)
        {
            try
            {
                FoundObject named = await finder.OfFileAsync(file, NamesNamespace, cancellation);
                ObjectTree made = _output.IsClientOnly
                    ? named.Object
                    : await Cluster.CallAsync(
                        HttpMethod.Post,
                        named.Resource.Path(named.Namespace)
                            + $"?fieldManager={Uri.EscapeDataString(_manager.Value)}"
                            + $"&fieldValidation=Strict{_output.Query}",
                        RequestBody.Json(named.Object),
                        cancellation);
                _output.Tell(Console.Output, named.Resource, made, "created");
            }
            catch (ApiFailure failure)
            {
                failures.Add(failure.While($"error when creating \"{file.Source}\""));
            }
            catch (CommandException failure) when (files.Count > 1)
            {
                failures.Add(failure);
            }
        }

        if (files.Count == 0)
        {
            throw new CommandException("no objects passed to create");
        }

        SeveralFailures.ThrowIfAny(failures);
        return 0;
    }
}
