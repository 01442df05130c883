using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Machinery.Trees;
using Keelson.Printing;
using Keelson.Resources;

namespace Keelson.Commands.Rollout;

/// <summary>The words of <c>keelson rollout …</c>: each is a command about the workloads that a line names.</summary>
internal abstract class RolloutCommand : ClusterCommand
{
    private readonly ChangeOutput? _output;

    protected RolloutCommand(string word, CommandHelp help, bool changes)
        : base("rollout " + word, help)
    {
        Targets = new(Flags, "to look at");
        _output = changes ? new(Flags) : null;
    }

    protected TargetFlags Targets { get; }

    /// <inheritdoc/>
    protected override void CheckArguments(IReadOnlyList<string> arguments)
    {
        _output?.Check();
        if (arguments.Count == 0 && !Targets.Files.Files.IsSet)
        {
            throw new CommandException("required resource not specified");
        }
    }

    /// <inheritdoc/>
    protected override async Task<int> RunOnClusterAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        List<Exception> failures = [];
        foreach (FoundObject one in await Targets.FindAsync(
            Cluster, arguments, Console.OpenInput, failures, cancellation))
        {
            try
            {
                await RunAsync(one, cancellation);
            }
            catch (Exception failure) when (failure is ApiFailure or CommandException)
            {
                failures.Add(failure);
            }
        }

        SeveralFailures.ThrowIfAny(failures);
        return 0;
    }

    /// <summary>Does for one workload what the command does.</summary>
    protected abstract Task RunAsync(FoundObject one, CancellationToken cancellation);

    /// <summary>Changes a workload and tells of it.</summary>
    protected async Task ChangeAsync(
        FoundObject one, RequestBody patch, string operation, string manager, CancellationToken cancellation)
    {
        ObjectTree changed = one.Object;
        if (!_output!.IsClientOnly)
        {
            string path = $"{one.Path()}?fieldManager={manager}{_output.Query}";
            changed = await Cluster.CallAsync(HttpMethod.Patch, path, patch, cancellation);
        }

        _output.Tell(Console.Output, one.Resource, changed, operation);
    }

    /// <summary>Whether changes are only shown.</summary>
    protected bool IsDryRun => _output is { DryRun.Value: not "none" };

    /// <summary>Tells of what was not changed.</summary>
    protected void Tell(FoundObject one, string operation) =>
        _output!.Tell(Console.Output, one.Resource, one.Object, operation);
}
