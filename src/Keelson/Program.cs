using Keelson.Commands.UserCommands;

return await CommandCatalog.RunAsync(args, CommandConsole.Process, CancellationToken.None);
