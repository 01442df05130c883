using Keelson.Commands;
using Keelson.Commands.UserCommands;

return await (CommandCatalog.Run(args, CommandConsole.Process, CancellationToken.None)
    ?? KeelsonCommand.Create().Parse(args).InvokeAsync());
