using System.CommandLine;
using Keelson.Commands;
using Keelson.Commands.UserCommands;

if (CommandCatalog.Run(args, CommandConsole.Process, CancellationToken.None) is { } running)
{
    return await running;
}

RootCommand root = KeelsonCommand.Create();
foreach (Command command in CommandCatalog.Listed())
{
    root.Add(command);
}

return await root.Parse(args).InvokeAsync();
