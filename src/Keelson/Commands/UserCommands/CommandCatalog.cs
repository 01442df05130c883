namespace Keelson.Commands.UserCommands;

/// <summary>A part of the list of commands that help shows.</summary>
internal enum CommandGroup
{
    /// <summary>A whole cluster on this machine.</summary>
    Machine,

    /// <summary>What a cluster has in it.</summary>
    Objects,

    /// <summary>Upstream's programs.</summary>
    Components,

    /// <summary>The program itself.</summary>
    Program,

    /// <summary>For shells, not for people.</summary>
    Hidden,
}

/// <summary>A command of the program.</summary>
/// <param name="Name">The words to type.</param>
/// <param name="Group">Where help lists it.</param>
/// <param name="Make">Makes it; an instance serves one run.</param>
internal sealed record CommandEntry(string Name, CommandGroup Group, Func<UserCommand> Make);

/// <summary>The commands of the program, by name.</summary>
internal static class CommandCatalog
{
    /// <summary>All of them, in the order of help.</summary>
    public static IReadOnlyList<CommandEntry> All { get; } =
    [
        new("up", CommandGroup.Machine, static () => new Up.UpCommand()),
        new("status", CommandGroup.Machine, static () => new Up.StatusCommand()),
        new("stop", CommandGroup.Machine, static () => new Up.StopCommand()),
        new("reset", CommandGroup.Machine, static () => new Up.ResetCommand()),
        new("install", CommandGroup.Machine, static () => new Up.InstallCommand()),
        new("token create", CommandGroup.Machine, static () => new Join.TokenCreateCommand()),
        new("token list", CommandGroup.Machine, static () => new Join.TokenListCommand()),
        new("token delete", CommandGroup.Machine, static () => new Join.TokenDeleteCommand()),
        new("join", CommandGroup.Machine, static () => new Join.JoinCommand()),
        new("check", CommandGroup.Machine, static () => new Check.CheckCommand()),
        new("get", CommandGroup.Objects, static () => new Get.GetCommand()),
        new("describe", CommandGroup.Objects, static () => new Describe.DescribeCommand()),
        new("apply", CommandGroup.Objects, static () => new Apply.ApplyCommand()),
        new("create", CommandGroup.Objects, static () => new Create.CreateCommand()),
        new("delete", CommandGroup.Objects, static () => new Delete.DeleteCommand()),
        new("logs", CommandGroup.Objects, static () => new Logs.LogsCommand()),
        new("exec", CommandGroup.Objects, static () => new Exec.ExecCommand()),
        new("port-forward", CommandGroup.Objects, static () => new PortForward.PortForwardCommand()),
        new("scale", CommandGroup.Objects, static () => new Scale.ScaleCommand()),
        new("rollout status", CommandGroup.Objects, static () => new Rollout.RolloutStatusCommand()),
        new("rollout history", CommandGroup.Objects, static () => new Rollout.RolloutHistoryCommand()),
        new("rollout undo", CommandGroup.Objects, static () => new Rollout.RolloutUndoCommand()),
        new("rollout restart", CommandGroup.Objects, static () => new Rollout.RolloutRestartCommand()),
        new("rollout pause", CommandGroup.Objects, static () => Rollout.RolloutPauseCommand.Pause()),
        new("rollout resume", CommandGroup.Objects, static () => Rollout.RolloutPauseCommand.Resume()),
        new("top", CommandGroup.Objects, static () => new Top.TopCommand()),
        new("events", CommandGroup.Objects, static () => new Events.EventsCommand()),
        new("wait", CommandGroup.Objects, static () => new Wait.WaitCommand()),
        new("label", CommandGroup.Objects, static () => Label.LabelCommand.ForLabels()),
        new("annotate", CommandGroup.Objects, static () => Label.LabelCommand.ForAnnotations()),
        new("cordon", CommandGroup.Objects, static () => Nodes.CordonCommand.Cordon()),
        new("uncordon", CommandGroup.Objects, static () => Nodes.CordonCommand.Uncordon()),
        new("drain", CommandGroup.Objects, static () => new Nodes.DrainCommand()),
        new("kubectl", CommandGroup.Objects, static () => new Kubectl.KubectlCommand()),
        new("apiserver", CommandGroup.Components, ApiServerCommand.Create),
        new("controller-manager", CommandGroup.Components, ControllerManager.ControllerManagerCommand.Create),
        new("scheduler", CommandGroup.Components, Scheduler.SchedulerCommand.Create),
        new("kubelet", CommandGroup.Components, Kubelet.KubeletCommand.Create),
        new("proxy", CommandGroup.Components, Proxy.ProxyCommand.Create),
        new("version", CommandGroup.Program, static () => new Versions.VersionCommand()),
        new("completion", CommandGroup.Program, static () => new Completion.CompletionCommand()),
        new("__complete", CommandGroup.Hidden, static () => new Completion.CompleteCommand()),
    ];

    /// <summary>Those for people.</summary>
    public static IEnumerable<CommandEntry> Shown => All.Where(static one => one.Group != CommandGroup.Hidden);

    /// <summary>The command that a line starts with, and the rest of the line; null for none.</summary>
    public static (UserCommand Command, IReadOnlyList<string> Line)? Find(IReadOnlyList<string> line)
    {
        if (line is ["help", _, ..])
        {
            line = [.. line.Skip(1), "--help"];
        }

        CommandEntry? found = All.Where(one => StartsWith(line, one.Name.Split(' ')))
            .MaxBy(one => one.Name.Length);
        return found is null ? null : (found.Make(), [.. line.Skip(found.Name.Split(' ').Length)]);
    }

    /// <summary>Runs what a line says; returns what the program ends with.</summary>
    public static Task<int> RunAsync(
        IReadOnlyList<string> line, CommandConsole console, CancellationToken cancellation)
    {
        if (Find(line) is var (command, rest))
        {
            return command.InvokeAsync(rest, console, cancellation);
        }

        if (line is [] or ["help" or "--help" or "-h", ..])
        {
            console.Output.Write(CommandList.Text());
            return Task.FromResult(0);
        }

        if (line is ["--version", ..])
        {
            console.Output.Write(Versions.VersionCommand.Own + "\n");
            return Task.FromResult(0);
        }

        return Task.FromResult(Refuse(line, console));
    }

    /// <summary>The words that may follow a first one, such as <c>status</c> after <c>rollout</c>.</summary>
    public static IReadOnlyList<string> SecondWords(string first) =>
    [
        .. All.Select(static one => one.Name.Split(' '))
            .Where(name => name.Length == 2 && name[0] == first).Select(static name => name[1]),
    ];

    private static int Refuse(IReadOnlyList<string> line, CommandConsole console)
    {
        IReadOnlyList<string> second = SecondWords(line[0]);
        if (second.Count > 0 && (line.Count == 1 || line[1].StartsWith('-')))
        {
            console.Output.Write(CommandList.Text(line[0], second));
            return line.Count == 1 ? 1 : 0;
        }

        string wrong = second.Count > 0 ? line[1] : line[0];
        string under = second.Count > 0 ? "keelson " + line[0] : "keelson";
        string what = wrong.StartsWith('-') ? "flag: " + wrong : $"command \"{wrong}\" for \"{under}\"";
        IEnumerable<string> known =
            second.Count > 0 ? second : Shown.Select(static one => one.Name.Split(' ')[0]).Distinct();
        IReadOnlyList<string> near = Suggestions.For(wrong, known);
        console.Error.Write($"error: unknown {what}\n");
        console.Error.Write(near.Count == 0
            ? $"Run '{under} --help' for the commands there are.\n"
            : $"\nDid you mean this?\n{string.Concat(near.Select(one => $"\t{one}\n"))}");
        return 1;
    }

    private static bool StartsWith(IReadOnlyList<string> line, string[] words) =>
        line.Count >= words.Length && line.Take(words.Length).SequenceEqual(words);
}
