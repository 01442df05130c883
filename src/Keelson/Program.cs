using Keelson.Commands;

return await KeelsonCommand.Create().Parse(args).InvokeAsync();
