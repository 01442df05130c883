namespace Keelson.Commands.UserCommands;

/// <summary>What a command of a user reads and writes: the terminal, or whatever stands in for it.</summary>
internal sealed record CommandConsole
{
    /// <summary>The process's own.</summary>
    public static CommandConsole Process { get; } = new()
    {
        Output = Console.Out,
        Error = Console.Error,
        OpenInput = Console.OpenStandardInput,
        OpenOutput = Console.OpenStandardOutput,
        OpenError = Console.OpenStandardError,
        Environment = System.Environment.GetEnvironmentVariable,
        IsTerminal = !Console.IsInputRedirected && !Console.IsOutputRedirected,
    };

    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Output as bytes: of logs and of commands in containers.</summary>
    public required Func<Stream> OpenOutput { get; init; }

    /// <summary>Errors as bytes.</summary>
    public required Func<Stream> OpenError { get; init; }

    /// <summary>Reads a variable; null when it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    public bool IsTerminal { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
